"""Individual meetings: availability, slots, bookings."""
