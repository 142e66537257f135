"""The Bans page: who is banned, why, until when, and who was."""
