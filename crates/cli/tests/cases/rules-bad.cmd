rules PKL999
