STEPS: list[object] = []
