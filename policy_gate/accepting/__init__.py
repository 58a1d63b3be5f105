"""What people accept: waivers, the baseline, and the marks that results get for them."""
