completions basch
