"""Parts of sections that several kinds of target share."""
