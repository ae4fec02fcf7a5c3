"""The only room that opens sockets; it judges nothing."""
