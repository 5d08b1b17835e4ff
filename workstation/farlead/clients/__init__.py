"""What more than one room needs to talk to the outside: TLS, passwords, DICOMweb."""
