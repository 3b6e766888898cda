"""What makes findings a lint: which are told and how they weigh, what is ignored, what is mended."""
