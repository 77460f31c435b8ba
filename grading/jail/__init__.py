"""All of the course that exists in the sandbox: this folder is bound into it, and nothing else.

`tasks` feeds an answer and collects what it returns, `answers` runs both and turns errors into
data, `wire` is the plain data that goes in and comes out, `warden` the process that forks a child
an exercise. No answer stands here. A notebook's check runs the same `tasks` in its own kernel.
"""
