using System.CommandLine;
using Dashtam.Jobs.Faults;

var seed = new Option<int?>("--seed") { Description = "replays the faults of an earlier run; by default drawn, and printed" };
var faults = new Option<int>("--faults") { Description = "how many faults", DefaultValueFactory = _ => 1_000 };
var output = new Option<string>("--output")
{
    Description = "where history, logs and report go", DefaultValueFactory = _ => Path.Combine("TestResults", "faults"),
};
var root = new RootCommand("Runs real workers and schedulers on a real Redis, breaks everything, and checks what was promised.")
{
    seed, faults, output,
};
root.SetAction((parsed, _) => FaultCommand.RunAsync(parsed.GetValue(seed), parsed.GetValue(faults), parsed.GetValue(output)!));
return await root.Parse(args).InvokeAsync();
