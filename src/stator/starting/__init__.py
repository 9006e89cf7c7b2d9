"""What a project is started with: texts for new files, and edits of settings. Nothing here touches a disk."""
