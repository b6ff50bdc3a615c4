// Master files (RFC 1035 5).
