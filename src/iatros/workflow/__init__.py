"""The verbs, one module each: examine (`check`), run, open_, predict, evaluate, explain, sweep. They are named in full, since
`iatros.workflow.run` is the module; `iatros.run` is the verb."""
