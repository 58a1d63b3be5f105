output "prefix" {
  value     = "s3cr3t-prefix"
  sensitive = true
}
