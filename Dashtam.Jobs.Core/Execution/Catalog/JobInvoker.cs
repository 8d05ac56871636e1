using System.Reflection;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Execution.Catalog;

/// <summary>Turns a handler class into a delegate once, so that a run costs no reflection.</summary>
internal static class JobInvoker
{
    public static Func<IServiceProvider, JobContext, JobArguments, CancellationToken, Task<JobSummary>> For(Type handlerType)
    {
        var create = ActivatorUtilities.CreateFactory(handlerType, []);
        if (typeof(IJobHandler).IsAssignableFrom(handlerType))
        {
            return (services, job, arguments, cancellationToken) =>
            {
                if (!arguments.IsEmpty)
                {
                    throw new JobArgumentException($"{job.JobName} takes no arguments");
                }

                return ((IJobHandler)create(services, null)).RunAsync(job, cancellationToken);
            };
        }

        var argumentsType = ArgumentsType(handlerType)
            ?? throw new InvalidOperationException(
                $"{handlerType} carries [Job] but implements neither IJobHandler nor IJobHandler<TArguments>.");
        var bind = typeof(JobInvoker).GetMethod(nameof(BindAndRun), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(argumentsType)
            .CreateDelegate<Func<object, JobContext, JobArguments, CancellationToken, Task<JobSummary>>>();
        return (services, job, arguments, cancellationToken) =>
            bind(create(services, null), job, arguments, cancellationToken);
    }

    /// <summary>The record that a handler's arguments are bound to; null: it takes none.</summary>
    public static Type? ArgumentsType(Type handlerType) =>
        handlerType.GetInterfaces()
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IJobHandler<>))
            ?.GetGenericArguments()[0];

    private static Task<JobSummary> BindAndRun<TArguments>(
        object handler, JobContext job, JobArguments arguments, CancellationToken cancellationToken)
        where TArguments : class =>
        ((IJobHandler<TArguments>)handler).RunAsync(job, arguments.Bind<TArguments>(), cancellationToken);
}
