"""Where the rooms are put together: settings, addresses, the web entry and the command line."""
