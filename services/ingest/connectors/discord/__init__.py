"""Discord: what an export of DiscordChatExporter and the gateway have in common."""
