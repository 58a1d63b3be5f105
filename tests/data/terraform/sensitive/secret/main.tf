
output "name" {
  value     = "hunter2-bucket"
  sensitive = true
}
