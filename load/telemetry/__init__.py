"""What is told to other systems while a run goes on."""
