"""What people agree to be mailed: subscribing, unsubscribing, preferences."""
