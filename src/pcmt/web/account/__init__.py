"""Signing in, second factors, sessions, letters' links, single sign-on, my account."""
