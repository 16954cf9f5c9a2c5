"""The contract for tools, made of the declarations that the code uses. Imported when somebody asks for it."""
