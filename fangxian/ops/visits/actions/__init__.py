"""The only writers of the visits room: taking in, archiving, forgetting."""
