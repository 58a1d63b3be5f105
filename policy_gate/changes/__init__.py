"""What a change of a policy adds to and takes from the access that it allows."""
