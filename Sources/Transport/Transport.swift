// UDP and TCP.
