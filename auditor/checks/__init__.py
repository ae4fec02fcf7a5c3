"""What is right and wrong: small pure functions of recorded facts."""
