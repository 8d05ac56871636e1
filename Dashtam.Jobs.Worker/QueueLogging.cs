namespace Dashtam.Jobs.Worker;

/// <summary>Adds the field <c>queue</c> to each line that a queue's loops log: with several queues a line must say which it is about.</summary>
/// <param name="services">The container.</param>
/// <param name="queue">The queue.</param>
internal sealed class QueueLogging(IServiceProvider services, string queue) : IServiceProvider, ILoggerFactory
{
    private readonly ILoggerFactory _loggers = services.GetRequiredService<ILoggerFactory>();
    private readonly KeyValuePair<string, object>[] _scope = [new("Queue", queue)];

    public object? GetService(Type serviceType) =>
        serviceType.IsGenericType && serviceType.GetGenericTypeDefinition() == typeof(ILogger<>)
            ? Activator.CreateInstance(typeof(Logger<>).MakeGenericType(serviceType.GenericTypeArguments), this)
            : services.GetService(serviceType);

    public ILogger CreateLogger(string categoryName) => new QueueLogger(_loggers.CreateLogger(categoryName), _scope);

    public void AddProvider(ILoggerProvider provider) => _loggers.AddProvider(provider);

    public void Dispose()
    {
        // The factory is the container's.
    }

    private sealed class QueueLogger(ILogger logger, object scope) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using var queue = logger.BeginScope(scope);
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
