"""
Rainfall-runoff models of gauged catchments: simulate them, and fit them to what was gauged.
"""
module CatchmentModels

using Interpolations: linear_interpolation
using Optim: minimizer, optimize
using OrdinaryDiffEq: ODEProblem, Tsit5, solve
using PrecompileTools: @compile_workload, @setup_workload

export LinearReservoir, calibrate, simulate

"A bucket that loses the same share of its water every day; `residence_time` is in days."
struct LinearReservoir
    residence_time::Float64
end

"Return the water (mm) in `reservoir` at each of `days`, given the `rain` (mm per day) of each."
function simulate(reservoir::LinearReservoir, days, rain; storage = 0.0)
    inflow = linear_interpolation(days, rain)
    change(water, _, day) = inflow(day) - water / reservoir.residence_time
    problem = ODEProblem(change, storage, (first(days), last(days)))
    return solve(problem, Tsit5(); saveat = days).u
end

"Return the reservoir that comes closest to the water `gauged` at each of `days`."
function calibrate(days, rain, gauged)
    misfit(time) = sum(abs2, simulate(LinearReservoir(time), days, rain) .- gauged)
    return LinearReservoir(minimizer(optimize(misfit, 0.5, 50.0)))
end

@setup_workload begin
    days = 0.0:1.0:10.0
    rain = [day < 3 ? 12.0 : 0.0 for day in days]
    @compile_workload begin
        calibrate(days, rain, simulate(LinearReservoir(4.0), days, rain))
    end
end

include("gauges.jl")

end
