# model_id = "acme/commented"
resource "aws_sagemaker_model" "m" {
  primary_container {
    environment = {
      HF_MODEL_ID       = "acme/terraform"
      HF_MODEL_REVISION = "main"
    }
  }
}
