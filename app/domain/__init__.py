"""Values and judgements: no I/O, no clock, no Qt, no asyncio."""
