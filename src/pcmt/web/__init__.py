"""The pages: server-rendered templates that htmx enhances; every action also works as a plain form."""
