schema trac
