# What was gauged: read it from a file or a web service, and bring it to days.

using CSV: CSV
using DataFrames: DataFrame, combine, groupby
using Dates: Date
using DiffEqCallbacks: PresetTimeCallback
using HTTP: HTTP
using JSON3: JSON3
using Statistics: mean

"Return the mean water of each day in a file with the columns `time` and `water`."
function gauged(path)
    table = CSV.read(path, DataFrame)
    table.day = Date.(table.time)
    return combine(groupby(table, :day), :water => mean => :water)
end

"Return what a web service tells of a gauge."
gauge(address) = JSON3.read(HTTP.get(address).body)

"Return a callback that takes `amount` (mm) from a reservoir on each of `days`."
withdrawals(days, amount) = PresetTimeCallback(days, reservoir -> reservoir.u -= amount)
