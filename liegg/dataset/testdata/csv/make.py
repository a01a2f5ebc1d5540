"""Writes the tables of this folder as pandas and NumPy do: pip install pandas==3.1.1 numpy==2.4.6; python make.py"""

import numpy as np
import pandas as pd

values = np.array([[0.126, -0.132, 0.5], [0.105, -0.536, 0.25]])
table = pd.DataFrame(values)

table.to_csv("integer_columns.csv", index=False)
table.to_csv("row_numbers.csv")
table.add_prefix("x").to_csv("names.csv", index=False)
table.add_prefix("x").to_csv("tabs.csv", index=False, sep="\t")
table.add_prefix("x").to_csv("decimal_commas.csv", index=False, decimal=",")
table.add_prefix("x").to_csv("semicolons.csv", index=False, decimal=",", sep=";")
table[[0]].add_prefix("x").to_csv("one_column.csv", index=False, decimal=",", sep=";")
table.add_prefix("x").to_csv("utf16.csv", index=False, encoding="utf-16")
table.add_prefix("x").to_csv("utf16_without_mark.csv", index=False, encoding="utf-16-le")
table.add_prefix("x").to_csv("mark.csv", index=False, encoding="utf-8-sig")
table.add_prefix("x").to_csv("cr.csv", index=False, lineterminator="\r")
table.add_prefix("x").mask(table.add_prefix("x") == 0.25).to_csv("missing.csv", index=False)
table.to_csv("no_names.csv", index=False, header=False)
pd.Series([1, 0, 2]).to_csv("labels.csv", index=False)
np.savetxt("spaces.csv", values)
np.savetxt("savetxt.csv", values, delimiter=",", header="x0,x1,x2", fmt="%.3f")
