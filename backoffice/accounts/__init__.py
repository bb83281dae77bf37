"""Who may enter: passwords, sign-ins and the grants of administrators."""
