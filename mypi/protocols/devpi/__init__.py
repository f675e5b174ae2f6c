"""What the devpi client asks: JSON at the URLs of users, indexes, projects, releases and files; PUSH; logins by token.

docs/protocols/devpi.rst tells what each command sends. The words of that protocol stay in this folder: what they mean
here is an act or a question of the registry. `routes` has all URLs; nothing here is a page for people.
"""
