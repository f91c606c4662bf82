convert DIR/checkpoint.pt DIR/big.safetensors --dry-run --shard-size 20
