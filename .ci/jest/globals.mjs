/** What the test file that runs now has of jest; set by the runtime. */
export const current = { globals: {} };

// Modules outlive a test file, so that what they import has to ask anew each time.
const asOfNow = (name) =>
  new Proxy(() => undefined, {
    apply: (_target, self, values) => Reflect.apply(current.globals[name], self, values),
    get: (_target, key) => current.globals[name][key],
  });

export const afterAll = asOfNow('afterAll');
export const afterEach = asOfNow('afterEach');
export const beforeAll = asOfNow('beforeAll');
export const beforeEach = asOfNow('beforeEach');
export const describe = asOfNow('describe');
export const expect = asOfNow('expect');
export const it = asOfNow('it');
export const jest = asOfNow('jest');
