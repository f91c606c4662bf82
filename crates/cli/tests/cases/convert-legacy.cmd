convert DIR/legacy.pt DIR/other.safetensors --dry-run --dtype bfloat16 --metadata made=here
