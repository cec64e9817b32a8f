"""What all processes of Emploi NEXUS share. It knows no service."""
