"""Work without a connection: today's list on a device, encrypted; entries sent later, once each."""
