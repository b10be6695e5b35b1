"""Why does a model say what it says, and may the explanation be believed?"""
