"""Individual meetings on the public site: booked in four screens, kept by a link."""
