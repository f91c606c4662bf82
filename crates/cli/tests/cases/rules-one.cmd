rules PKL303
