using System.CommandLine;
using Dashtam.Jobs.Faults;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Soak;

if (args is [SteppedScheduler.Verb])
{
    return await SteppedScheduler.RunAsync();
}

if (args is [DeadlockedScheduler.Verb])
{
    return await DeadlockedScheduler.RunAsync();
}

var seed = new Option<int?>("--seed") { Description = "replays an earlier run's faults; by default drawn, and printed" };
var faults = new Option<int>("--faults") { Description = "how many faults", DefaultValueFactory = _ => 1_000 };
var output = new Option<string>("--output")
{
    Description = "where history, logs and report go",
    DefaultValueFactory = _ => Path.Combine("TestResults", "faults"),
};
var root = new RootCommand("Runs workers and schedulers on a real Redis, breaks everything, and checks what was promised.")
{
    seed, faults, output,
};
var minutes = new Option<int>("--minutes") { Description = "how long", DefaultValueFactory = _ => 30 };
var soak = new Command("soak", "Half load without faults: how fast memory, handles and keys grow.") { minutes };
soak.SetAction((parsed, _) => SoakCommand.RunAsync(parsed.GetValue(minutes), Path.Combine("TestResults", "soak")));
root.Add(soak);
root.SetAction((parsed, _) =>
    FaultCommand.RunAsync(parsed.GetValue(seed), parsed.GetValue(faults), parsed.GetValue(output)!));
return await root.Parse(args).InvokeAsync();
