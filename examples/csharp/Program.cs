using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddJobProducer(); // REDIS_URL, JOBS_QUEUE_NAME and JOB_RESULT_PREFIX come from the environment
using var host = builder.Build();
await host.StartAsync(); // opens the connection

var producer = host.Services.GetRequiredService<IJobProducer>();
var results = host.Services.GetRequiredService<IJobResults>();
var envelope = new JobEnvelope
{
    TaskId = JobEnvelope.NewTaskId(),
    TaskName = "run_canary",
    Arguments = JobArguments.From(new { Echo = "hello from C#" }), // on the wire in snake_case: echo
};
await producer.EnqueueAsync(envelope, EnqueueOptions.Default, CancellationToken.None);
var reply = await results.WaitAsync(envelope.TaskId, TimeSpan.FromSeconds(30), CancellationToken.None);

Console.WriteLine(reply.Error is { } error
    ? $"{error.Type}: {string.Join(", ", error.Messages)}"
    : reply.ReturnValue.GetProperty("echo").GetString());
await host.StopAsync();
return reply.IsSuccess ? 0 : 1;
