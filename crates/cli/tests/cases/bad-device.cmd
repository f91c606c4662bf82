trace /dev/null
