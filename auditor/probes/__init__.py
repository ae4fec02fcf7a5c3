"""One file a thing looked at, each a plain top-to-bottom ``async def``; judges nothing, keeps no state."""
